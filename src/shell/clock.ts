// The one clock. The wall clock says when, with the site's offset; the other one cannot be set and says how long since.

/** A moment: `at` in ISO 8601 with offset, to the second; `mono` in milliseconds from a clock that only goes forward. */
export type Clock = { now(): { readonly at: string; readonly mono: number } };

/** The machine's clock, told in `timeZone` (an IANA name) or in the machine's own zone. @throws RangeError for a zone that is none. */
export function openClock(timeZone?: string): Clock {
  const offsetOf = timeZone === undefined ? (date: Date) => -date.getTimezoneOffset() : zoneOffset(timeZone);
  return {
    now() {
      const date = new Date();
      return { at: isoWithOffset(date, offsetOf(date)), mono: performance.now() };
    },
  };
}

function isoWithOffset(date: Date, minutes: number): string {
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(minutes);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function zoneOffset(timeZone: string): (date: Date) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (date) => {
    const name = format.formatToParts(date).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
}

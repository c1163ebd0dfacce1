import type { Block, Sheet } from "./sheet-blocks.ts";

/** A sheet as lines of text, for a screen: everything that the paper says but the pictures themselves. */
export function renderSheetText(sheet: Sheet): readonly string[] {
  const mark = sheet.mark === undefined ? [] : [`*** ${sheet.mark} ***`];
  return [...mark, sheet.title, sheet.header, "", ...sheet.blocks.flatMap(blockText), sheet.footer];
}

function blockText(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
      return block.level === 1 ? ["", block.text.toUpperCase(), ""] : ["", block.text];
    case "paragraph":
      return [block.text, ""];
    case "facts":
      return [...block.rows.map(({ label, value }) => `${label}: ${value}`), ""];
    case "list":
      return [...block.items.map((item) => `- ${item}`), ""];
    case "table":
      return [
        ...(block.caption === undefined ? [] : [block.caption]),
        block.head.join(" | "),
        ...block.rows.map((cells) =>
          cells
            .map((cell) => cell.replaceAll("\n", " "))
            .filter((cell) => cell !== "")
            .join(" | "),
        ),
        "",
      ];
    case "picture":
      return [`${block.caption} (${block.sha256})`, ""];
  }
}

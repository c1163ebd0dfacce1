import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// The one door to shipped files. They are found from this file's own place, through the packages that carry
// them, so the door opens the same way from src/ and from a bundle in dist/.

const require = createRequire(import.meta.url);

export type Weight = "regular" | "bold";

/** Path of the TrueType font of that weight (Noto Sans). Throws when the package is not installed. */
export function fontFile(weight: Weight): string {
  const file = weight === "bold" ? "700Bold/NotoSans_700Bold.ttf" : "400Regular/NotoSans_400Regular.ttf";
  return require.resolve(`@expo-google-fonts/noto-sans/${file}`);
}

const here = fileURLToPath(import.meta.url);
const isBuilt = !here.endsWith(".ts");

/** The folder of compiled templates beside the built program; undefined when the sources run as they are. */
export function compiledFolder(): string | undefined {
  return isBuilt ? join(dirname(here), "templates") : undefined;
}

/** The folder of the templates that come with the product. */
export function templatesFolder(): string {
  return isBuilt ? join(dirname(here), "..", "templates") : join(dirname(here), "..", "..", "templates");
}

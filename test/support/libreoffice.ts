/** LibreOffice without a screen, for the tests that ask what a spreadsheet works out for itself. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** It keeps a file's stored results otherwise, and nothing would be worked out. */
const ALWAYS_RECALCULATE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
`;

/**
 * False where this machine has none: then one line says so and these tests
 * are left out. With `LISBON_LIBREOFFICE=required`, as `.ci/run` sets it,
 * that is an error.
 */
export async function hasLibreOffice(): Promise<boolean> {
  try {
    await run("soffice", ["--version"]);
    return true;
  } catch (cause) {
    const why = "LibreOffice is not asked: there is no soffice on the PATH (Debian: libreoffice-calc-nogui)";
    if (process.env["LISBON_LIBREOFFICE"] === "required") throw new Error(why, { cause });
    console.warn(why);
    return false;
  }
}

/** Opens spreadsheets, works every formula out anew, and saves them under the same names into `folder`/recalculated. */
export async function recalculate(files: readonly string[], folder: string): Promise<string> {
  const profile = join(folder, "profile");
  const recalculated = join(folder, "recalculated");
  mkdirSync(join(profile, "user"), { recursive: true });
  writeFileSync(join(profile, "user", "registrymodifications.xcu"), ALWAYS_RECALCULATE);
  const own = `-env:UserInstallation=${pathToFileURL(profile).href}`;
  await run("soffice", ["--headless", own, "--convert-to", "xlsx", "--outdir", recalculated, ...files]);
  return recalculated;
}

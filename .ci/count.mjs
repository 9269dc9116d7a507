/** Says how many tests passed and failed; a file that could not even be loaded counts as one that failed. */
import { readFileSync } from "node:fs";

const counts = process.argv.slice(2).map(count);
const [passed, failed] = ["passed", "failed"].map((which) => counts.reduce((sum, one) => sum + one[which], 0));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && counts.every((one) => one.passed > 0) ? 0 : 1;

function count(file) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: testResults.map(failedIn).reduce((sum, each) => sum + each, 0) };
  } catch {
    // The run ended before it could write its results.
    return { passed: 0, failed: 1 };
  }
}

function failedIn({ status, assertionResults }) {
  const tests = assertionResults.filter((test) => test.status === "failed").length;
  return status === "failed" ? Math.max(tests, 1) : tests;
}

/** A vitest reporter that writes down how many tests passed, failed and were skipped, and why they were skipped. */
import { writeFileSync } from 'node:fs';

/** Vitest asks for a default export. */
// oxlint-disable-next-line import/no-default-export
export default class Counts {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state);
    // A file or suite that did not even load holds no failed test, but is a failure.
    const broken = modules.filter(
      (module) => module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0),
    );
    const skipped = inState('skipped');
    const counts = {
      passed: inState('passed').length,
      failed: inState('failed').length + inState('pending').length + broken.length + unhandled.length,
      skipped: skipped.length,
      skips: skipped.map((test) => ({ name: `${test.module.relativeModuleId} > ${test.fullName}`, why: whySkipped(test) })),
    };
    writeFileSync(process.env['WAVU_TEST_COUNTS'] ?? '', JSON.stringify(counts));
  }
}

/** @param {import('vitest/node').TestCase} test */
function whySkipped(test) {
  const result = test.result();
  return (
    (result.state === 'skipped' && result.note) || (test.options.mode === 'todo' ? 'still to be written' : 'no reason was given')
  );
}

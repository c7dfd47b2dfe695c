/** The command line's entry from its sources. It catches signals from the first line on, then loads everything else. */
import './signals.cjs';
import './compile-cache.cjs';

const { runToEnd } = await import('./process.ts');
await runToEnd();

/**
 * Preloaded into a measured process: prints its processor time, in milliseconds, and its peak memory, in kilobytes, as the last two lines
 * on standard error.
 */
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write(`${Math.round((userCPUTime + systemCPUTime) / 1000)}\n${maxRSS}\n`);
});

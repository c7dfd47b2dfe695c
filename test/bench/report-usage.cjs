/**
 * Preloaded into a measured process: prints its processor time, in milliseconds, and its peak memory, in kilobytes, as the last two lines
 * on standard error. It is JavaScript, since stripping types would add to every start.
 */
const { existsSync, readFileSync } = require('node:fs');

const STATUS = '/proc/self/status';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  // Linux counts the memory of the process that started this one into `maxRSS`, but not into VmHWM.
  const [, peak = maxRSS] = (existsSync(STATUS) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))) || [];
  process.stderr.write(`${Math.round((userCPUTime + systemCPUTime) / 1000)}\n${peak}\n`);
});

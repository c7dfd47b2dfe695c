/** The deployment's settings can't be used. The message lists every problem, and says which file or context it is in. */
export class InvalidSettingsError extends Error {
  override readonly name = 'InvalidSettingsError';
}

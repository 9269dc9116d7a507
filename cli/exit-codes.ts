/** What the exit code of a command means: `docs/cli.md`. */
export const EXIT = {
  fine: 0,
  /** Something is wrong with what was looked at, or it refused the change. */
  wrong: 1,
  usage: 2,
  /** The key, or the lack of one. */
  refused: 3,
  notReached: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

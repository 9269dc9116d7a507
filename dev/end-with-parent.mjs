/** Loaded into wrangler: when the start script is gone, even by `kill -9`, its whole group goes too. */
process.on("disconnect", () => {
  if (process.platform === "win32") process.exit(1);
  process.kill(-process.pid, "SIGTERM");
});
process.channel?.unref();

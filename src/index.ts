/** All Workers as one: what `npm start` runs, and the tests where one is enough. They are deployed apart. */
export { default } from "./router.ts";
export { Job } from "./jobs.ts";
export * from "./state.ts";

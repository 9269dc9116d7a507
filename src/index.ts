/** Both Workers as one: what `npm start` runs, and the tests where one is enough. They are deployed apart. */
export { default } from "./router.ts";
export * from "./state.ts";

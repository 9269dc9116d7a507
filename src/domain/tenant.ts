/** Whose call it is. There is one tenant until callers have keys of their own. */
export const ONLY_TENANT = "default";

/** The one shape in which anything here calls out; tests hand in their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

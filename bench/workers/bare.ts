/** What everything is measured against: the least that a Worker can do with a request. */
interface Env {
  readonly UPSTREAM_URL: string;
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    return fetch(env.UPSTREAM_URL + new URL(request.url).pathname, request);
  },
};

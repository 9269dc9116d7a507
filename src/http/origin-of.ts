import type { Settings } from "../settings.ts";

/** Where this Worker is reached from outside: as it is configured, else as it was called. */
export function originOf(request: Request, { settings }: { readonly settings: Settings }): string {
  return settings.publicUrl ?? new URL(request.url).origin;
}

/**
 * Imported for what it does, by whatever shows a schema's own messages to
 * somebody: `zod/mini` brings no words, and says "Invalid input" of everything.
 */
import * as z from "zod/mini";
import { en } from "zod/locales";

z.config(en());

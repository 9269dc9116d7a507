/** Of `GET /admin/incidents`. */
export interface PastIncident {
  readonly id: string;
  readonly target: string;
  readonly kind: string;
  readonly first_failure_at: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly calls_saved: number;
  readonly calls_parked: number;
  readonly deadlines_missed: number;
}

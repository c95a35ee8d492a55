/* What the clinic has set. The server writes its own values here when it serves the script. */
export const CLINIC = { number: '' };

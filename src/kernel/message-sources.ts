/** Who a message comes from; statistics are kept by it, and the platform may fix the sender of a whole kind. */
export const MESSAGE_SOURCES = [
  'api',
  'campaign',
  'missed_call',
  'verification',
  'notice',
  'reminder',
  'alert',
] as const;
export type MessageSource = (typeof MESSAGE_SOURCES)[number];

/** Numbers of SMPP 3.4 that this client speaks; the section of the specification is named where it is not obvious. */

export const Command = {
  genericNack: 0x80000000,
  bindReceiver: 0x00000001,
  bindTransmitter: 0x00000002,
  bindTransceiver: 0x00000009,
  querySm: 0x00000003,
  submitSm: 0x00000004,
  deliverSm: 0x00000005,
  unbind: 0x00000006,
  enquireLink: 0x00000015,
  alertNotification: 0x00000102,
  dataSm: 0x00000103,
} as const;

/** A response carries its request's id with this bit set. */
export const RESPONSE_BIT = 0x80000000;

/** command_status, 5.1.3. */
export const Status = {
  ok: 0x00000000,
  invalidLength: 0x00000002,
  invalidCommand: 0x00000003,
  invalidBindStatus: 0x00000004,
  alreadyBound: 0x00000005,
  systemError: 0x00000008,
  invalidDestination: 0x0000000b,
  invalidMessageId: 0x0000000c,
  bindFailed: 0x0000000d,
  invalidPassword: 0x0000000e,
  invalidSystemId: 0x0000000f,
  queueFull: 0x00000014,
  submitFailed: 0x00000045,
  throttled: 0x00000058,
  temporaryAppError: 0x00000064,
  permanentAppError: 0x00000065,
  queryFailed: 0x00000067,
  unknownError: 0x000000ff,
} as const;

/** Tags of optional parameters, 5.3.2. */
export const Tag = {
  receiptedMessageId: 0x001e,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarPart: 0x020f,
  networkErrorCode: 0x0423,
  messagePayload: 0x0424,
  messageState: 0x0427,
} as const;

export const EsmClass = {
  /** The short message begins with a user data header. */
  udhIndicator: 0x40,
  /** Bits that tell what kind of deliver_sm this is. */
  typeMask: 0x3c,
  receipt: 0x04,
  intermediate: 0x20,
} as const;

/** Octets of a message id, without its closing zero, 4.4.2. */
export const MAX_MESSAGE_ID_BYTES = 64;
export const HEADER_BYTES = 16;
export const MAX_SEQUENCE = 0x7fffffff;
/** `short_message` cannot be longer; what is needs `message_payload`. */
export const MAX_SHORT_MESSAGE_BYTES = 254;
export const INTERFACE_VERSION = 0x34;

/** How statuses are written in outcomes, logs and the settings: `0x00000058`. */
export function statusCode(status: number): string {
  return `0x${status.toString(16).padStart(8, '0')}`;
}

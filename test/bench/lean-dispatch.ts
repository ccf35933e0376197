import { leanSettings, serveLean } from './lean-process.js';
import { LeanHttp } from './lean-http.js';
import { LeanQueue } from './lean-queue.js';
import { LeanReports } from './lean-reports.js';
import { LeanSmpp } from './lean-smpp.js';

export interface LeanDispatchSettings {
  databaseUrl: string;
  over: 'smpp' | 'http';
  /** Of an SMSC, or of a server that takes POSTs. */
  port: number;
}

export type LeanDispatchQuestion =
  | { kind: 'fill'; recipients: readonly string[] }
  /** So many messages that are sent, and so many that wait. */
  | { kind: 'grow'; history: number; due: number }
  /** Sends what is queued, until it has sent so many. */
  | { kind: 'work'; most: number }
  /** Resolves when so many reports more were applied. */
  | { kind: 'reports'; count: number };

const SMPP_WINDOW = 50;
const POSTS_AT_ONCE = 64;

/*
 * The baseline of dispatch: a loop that claims, sends and settles by 500, and one that applies reports as they come. Promises
 * nothing about crashes, rates or hours.
 */
const { databaseUrl, port, over } = leanSettings() as LeanDispatchSettings;
const queue = await LeanQueue.open(databaseUrl);
if (over === 'smpp') {
  const session = await LeanSmpp.bind(port);
  const reports = new LeanReports(session, (providerIds) => queue.applyReports(providerIds));
  serve(
    (most) => queue.work(most, SMPP_WINDOW, (recipient) => session.send(recipient)),
    (count) => reports.applied(count),
  );
} else {
  const peer = new LeanHttp(port, POSTS_AT_ONCE);
  serve(
    (most) => queue.work(most, POSTS_AT_ONCE, (recipient) => peer.send(recipient)),
    () => Promise.reject(new Error('this peer reports nothing')),
  );
}

function serve(work: (most: number) => Promise<void>, reported: (count: number) => Promise<void>): void {
  serveLean(null, (question: LeanDispatchQuestion) => {
    if (question.kind === 'fill') return queue.fill(question.recipients);
    if (question.kind === 'grow') return queue.grow(question.history, question.due);
    return question.kind === 'work' ? work(question.most) : reported(question.count);
  });
}

import type { FastifyReply } from 'fastify';

/** A file that is handed out: never shown inside a page, whatever it contains. */
export interface HandedOut {
  fileName: string;
  content: Buffer;
}

export function sendPage(reply: FastifyReply, page: string): void {
  void reply.type('text/html; charset=utf-8').header('cache-control', 'private, no-store').send(page);
}

export function sendPdf(reply: FastifyReply, { fileName, content }: HandedOut): void {
  const disposition = `attachment; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
  void reply
    .type('application/pdf')
    .header('content-disposition', disposition)
    .header('cache-control', 'private, no-store')
    .send(content);
}

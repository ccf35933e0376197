import type { ServerResponse } from 'node:http';

/** A JSON answer; returns the response, as dialects have to. */
export function answerJson(response: ServerResponse, status: number, body: object | string): ServerResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(text);
}

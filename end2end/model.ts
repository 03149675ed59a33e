// A model provider for the tests, which always answers the same.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A model that always writes the same, as a service that speaks OpenAI's protocol. */
export class FixedModel {
  private constructor(
    private readonly server: Server,
    readonly settings: Record<string, string>,
  ) {}

  /** Starts the service; `settings` are the variables with which a Runboard server finds it. */
  static async start(text: string): Promise<FixedModel> {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        const event = (choice: object) => `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, ...choice }] })}\n\n`;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(event({ delta: { role: "assistant", content: text } }));
        response.end(event({ delta: {}, finish_reason: "stop" }) + "data: [DONE]\n\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new FixedModel(server, { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1/`, OPENAI_API_KEY: "for-tests-only" });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// A client of Socket.IO that is driven by lines of JSON: it does what each says, and prints what it gets.

const readline = require("node:readline");
const { io } = require("socket.io-client");

const print = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");
let socket;

const acts = {
  // The line that an application writes, and what it would listen to.
  open({ url, options }) {
    socket = io(url, options);
    socket.on("connect", () => print({ on: "connect", id: socket.id }));
    socket.on("connect_error", (error) => print({ on: "connect_error", message: error.message, data: error.data }));
    socket.on("disconnect", (reason) => print({ on: "disconnect", reason }));
    socket.onAny((name, ...args) => print({ on: "event", name, args }));
  },
  emit: ({ name, args }) => socket.emit(name, ...args),
  ask: ({ name, args, number }) =>
    socket.timeout(60_000).emit(name, ...args, (error, answer) => print({ on: "answer", number, error: error && error.message, answer })),
  connect({ auth }) {
    socket.auth = auth;
    socket.connect();
  },
  disconnect: () => socket.disconnect(),
  // As when the network breaks: the client connects again by itself.
  drop: () => socket.io.engine.transport.ws.terminate(),
  raw: ({ text }) => socket.io.engine.transport.ws.send(text),
};

readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { act, ...given } = JSON.parse(line);
    acts[act](given);
  })
  .on("close", () => process.exit());

// What a page does to measure: it acts, and reads from the canvas when what it did is to be seen.
globalThis.taixuLatency = (() => {
  const BRIGHT = 110;
  const DARK = 70;
  const LOST_MS = 30000;

  /** The number that a row of pixels shows at these columns; -1 where it shows none. */
  function codeOf(paint, row, columns) {
    const { data } = paint.getImageData(0, row, paint.canvas.width, 1);
    let found = -1;
    for (let code = 0; code < columns.length; code++) {
      const at = columns[code] * 4;
      const light = (data[at] + data[at + 1] + data[at + 2]) / 3;
      if (light > BRIGHT) {
        if (found >= 0) return -1;
        found = code;
      } else if (light >= DARK) return -1;
    }
    return found;
  }

  /** Act again and again, and wait until the pixels show it: milliseconds of each time. `watch` calls back with codes that are seen. */
  async function measure({ count, warm, every, places, budget }, act, watch) {
    const end = performance.now() + budget;
    let awaited = -1;
    let began = 0;
    let done = null;
    watch((code) => {
      if (code === awaited) {
        awaited = -1;
        done(performance.now() - began);
      }
    });
    const times = [];
    let lost = 0;
    let code = 0;
    for (let i = 0; i < count + warm && performance.now() < end; i++) {
      code = (code + 1 + Math.floor(Math.random() * (places - 1))) % places;
      const taken = await new Promise((resolve) => {
        done = resolve;
        awaited = code;
        began = performance.now();
        act(code);
        setTimeout(() => resolve(null), LOST_MS);
      });
      awaited = -1;
      if (taken === null) lost++;
      else if (i >= warm) times.push(taken);
      // Not in step with the server's pictures.
      await new Promise((resolve) => setTimeout(resolve, every * (0.5 + Math.random())));
    }
    return { times, lost };
  }

  function socketTo(path) {
    const url = new URL(path, location.href);
    url.protocol = "ws:";
    return new WebSocket(url);
  }

  function opened(socket) {
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(socket);
      socket.onerror = () => reject(new Error("the socket does not open"));
    });
  }

  /** Readings that move the bar, sent as devices send them. */
  async function bar({ device, origin, slots }) {
    const socket = await opened(socketTo("/ingest"));
    return (code) => {
      const [, y, z] = origin;
      const values = { x: slots[code], y, z };
      socket.send(JSON.stringify({ topic: `bar/${device}`, time: Date.now() / 1000, values }));
    };
  }

  /** Pictures from the server: what moves is the camera, or (where `sensor` says how) the bar. */
  async function pictures(asked) {
    const { PicturePlayer } = await import("/viewer/pictures.js");
    const canvas = document.body.appendChild(document.createElement("canvas"));
    const paint = canvas.getContext("2d", { alpha: false, desynchronized: true });
    let see = () => undefined;
    let shown = 0;
    let bytes = 0;
    let why = "";
    const player = new PicturePlayer(canvas, {
      url: new URL("/pictures", location.href).href.replace("http", "ws"),
      wishes: asked.wishes,
      onState: (state, sentence) => (why = sentence || why),
      onShown: (picture) => {
        shown++;
        bytes += picture.body.length;
        see(codeOf(paint, canvas.height >> 1, asked.columns));
      },
    });
    player.look(asked.poses[0]);
    const until = performance.now() + 30000;
    while (!shown && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!shown) throw new Error(why || "no picture came");
    const act = asked.sensor ? await bar(asked.sensor) : (code) => player.look(asked.poses[code]);
    const began = performance.now();
    shown = bytes = 0;
    const found = await measure(asked, act, (listen) => (see = listen));
    const secs = (performance.now() - began) / 1000;
    const { stream } = player;
    player.close();
    canvas.remove();
    return { ...found, fps: shown / secs, bytes: bytes / Math.max(shown, 1), codec: stream.codec, size: stream.size, level: stream.level };
  }

  /** The bare peer: a picture that was encoded beforehand for each number. */
  async function peer(asked) {
    const canvas = document.body.appendChild(document.createElement("canvas"));
    [canvas.width, canvas.height] = asked.wishes.size;
    const paint = canvas.getContext("2d", { alpha: false, desynchronized: true });
    let see = () => undefined;
    const show = (image) => {
      paint.drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      see(codeOf(paint, canvas.height >> 1, asked.columns));
    };
    const socket = socketTo("/echo");
    socket.binaryType = "arraybuffer";
    let number = 0;
    let decoder = null;
    if (asked.codec !== "jpeg") {
      decoder = new VideoDecoder({ output: show, error: (error) => console.error(error) });
      decoder.configure({ codec: asked.codec, optimizeForLatency: true });
    }
    socket.onmessage = async ({ data }) => {
      if (decoder) decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: ++number, data }));
      else show(await createImageBitmap(new Blob([data], { type: "image/jpeg" })));
    };
    await opened(socket);
    const found = await measure(asked, (code) => socket.send(String(code)), (listen) => (see = listen));
    socket.close();
    return found;
  }

  /** The viewer itself, which draws by the state stream: `at` are the places of the bar in the world. */
  async function state(asked) {
    const { view } = globalThis.taixu;
    const canvas = document.getElementById("scene");
    const page = canvas.getBoundingClientRect();
    const places = asked.at.map((place) => view.value.onPage(place));
    const columns = places.map(([x]) => Math.round(((x - page.left) / page.width) * canvas.width));
    const row = Math.round(((places[0][1] - page.top) / page.height) * canvas.height);
    const copy = document.createElement("canvas");
    copy.width = canvas.width;
    copy.height = 1;
    const paint = copy.getContext("2d", { willReadFrequently: true });
    let see = () => undefined;
    let drawn = 0;
    // After the viewer's own turn in each frame: what it has just drawn is still there.
    const look = () => {
      paint.clearRect(0, 0, copy.width, 1);
      paint.drawImage(canvas, 0, row, canvas.width, 1, 0, 0, canvas.width, 1);
      const code = codeOf(paint, 0, columns);
      if (code >= 0) drawn++;
      see(code);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    const act = await bar(asked.sensor);
    const began = performance.now();
    const found = await measure(asked, act, (listen) => (see = listen));
    return { ...found, fps: (drawn * 1000) / (performance.now() - began), bytes: 0, size: [canvas.width, canvas.height] };
  }

  return { pictures, peer, state };
})();

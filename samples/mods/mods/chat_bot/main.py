"""Chat bot: it knows what it heard. Ask it in the chat (press Enter and write), with its buttons, or by a message:

    game.send("ask", text="Who is ahead?")      # it answers in the chat, and with the message `answer`
"""

import game

name: str = game.field("Pim", doc="What it calls itself.")

ASK = {"hello": "Hello!", "weather": "How is the weather?", "time": "What time is it?", "ahead": "Who is ahead?"}

heard = {}  # what other mods told: "weather", "hour", "lap"
points = {}  # by who got them


def on_start():
    # For who does not like to write there is a button for each question.
    for place, (button, text) in enumerate(ASK.items()):
        game.show_button(button, text, corner="bottom_left", offset=(0.0, -0.05 * place))
    game.chat(f"I am {name}. Ask me something.")


def on_event(event):
    if event.kind == "button" and event.name in ASK:
        answer(ASK[event.name])
    elif event.kind == "chat" and event.role == "player":  # of other mods nothing: two bots would talk for ever
        answer(event.text)
    elif event.kind == "message":
        remember(event.name, event.data)


def remember(what, data):
    # A message comes from anybody, and may hold anything: take only what we understand.
    match what, data:
        case "ask", {"text": str(text)}:
            answer(text[:80])
        case "weather", {"kind": str(kind)}:
            heard["weather"] = kind[:20]
        case "hour", {"hour": int(hour)}:
            heard["hour"] = hour
        case "lap", {"lap": int(lap), "secs": float(secs)}:
            heard["lap"] = (lap, secs)
        case "score", {"who": str(who), "points": int(more)}:
            if who in points or len(points) < 100:
                points[who[:20]] = points.get(who[:20], 0) + more


def answer(question):
    words = question.lower()
    # The first rule of which one word is in the question answers. There is no more to it than that.
    reply = next(reply for keys, reply in RULES if any(key in words for key in keys))
    text = reply()
    game.chat(text)
    game.send("answer", text=text)


def weather():
    kinds = {"clear": "The sky is clear.", "haze": "It is hazy.", "rain": "It rains; the flowers like it."}
    return kinds.get(heard.get("weather"), "Nobody told me of a change.")


def clock():
    return f"It is past {heard['hour']} o'clock." if "hour" in heard else "I have heard no clock strike yet."


def ahead():
    best = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:1]
    return f"{best[0][0]}, with {best[0][1]}." if best else "Nobody has a point yet."


def car():
    return "Lap {} took {:.1f} s.".format(*heard["lap"]) if "lap" in heard else "It has not finished a lap yet."


RULES = [
    (("hello", "hi ", "good "), lambda: f"Hello! I am {name}, and I watch this courtyard."),
    (("weather", "rain", "sun"), weather),
    (("time", "late", "hour"), clock),
    (("ahead", "best", "score", "points"), ahead),
    (("car", "lap", "fast"), car),
    (("",), lambda: "I only know of the weather, the time, the score and the car."),  # every question has nothing in it
]


def on_save():
    return {"heard": heard, "points": points}


def on_load(state):
    heard.update(state["heard"])
    points.update(state["points"])
    on_start()

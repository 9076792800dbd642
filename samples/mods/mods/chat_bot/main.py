"""Chat bot: it knows what it heard. Ask it with its buttons, or by a message from any mod or script:

    game.send("ask", text="Who is ahead?")      # it answers with the message `answer`, and on the screen
"""

import game

name: str = game.field("Pim", doc="What it calls itself.")

ASK = {"hello": "Hello!", "weather": "How is the weather?", "time": "What time is it?", "ahead": "Who is ahead?"}
KEPT = 4  # lines on the screen

lines = []  # what was said
heard = {}  # what other mods told: "weather", "hour", "lap"
points = {}  # by who got them


def on_start():
    # Typed text is not offered to mods, so there is a button for each question.
    for place, (button, text) in enumerate(ASK.items()):
        game.show_button(button, text, corner="bottom_left", offset=(0.0, -0.05 * place))
    say(f"I am {name}. Ask me something.")


def on_event(event):
    if event.kind == "button" and event.name in ASK:
        answer(ASK[event.name])
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
    say(f"> {question}")
    words = question.lower()
    # The first rule of which one word is in the question answers. There is no more to it than that.
    reply = next(reply for keys, reply in RULES if any(key in words for key in keys))
    text = reply()
    say(text)
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


def say(text):
    lines.append(text)
    del lines[:-KEPT]
    game.show_text("talk", "\n".join(lines), corner="left", color=(0.75, 0.9, 1.0))


def on_save():
    return {"lines": lines, "heard": heard, "points": points}


def on_load(state):
    heard.update(state["heard"])
    points.update(state["points"])
    on_start()
    lines[:] = state["lines"]

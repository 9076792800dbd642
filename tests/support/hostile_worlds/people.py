"""What reaches people: the chat, the screen, sounds, servers and what is kept, without being granted and with."""

from __future__ import annotations

from hostile_worlds.attack import FORGE, NATIVE, WorldAttack, forged, on_tick

__all__ = ["PEOPLE"]


def _without(capability: str, call: str, harm: str) -> WorldAttack:
    """A command that was not granted, around the check; a script may."""
    name, _, arguments = call.partition("(")
    told = f"needs the capability {capability!r}"
    return WorldAttack(f"{FORGE}    order({name!r}, {arguments}\n", harm, told, on_tick(f"game.{call}"))


def _chat(line: str, harm: str, told: str, natively: str) -> WorldAttack:
    return forged(line, harm, told, natively, asks=("chat",))


def _says(text: str, harm: str) -> WorldAttack:
    """Something in the chat that deceives who reads it; natively it stands there as it was written."""
    code = on_tick(f"if game.tick % 4 == 0: game.chat({text})")
    natively = f"world.resource(Chat).lines.append(ChatLine(105, 'script', 'x', {text}, 0.0))"
    return WorldAttack(code, harm, "", f"{NATIVE}    {natively}\n", ("chat",))


def _keeps(line: str, harm: str, told: str, natively: str) -> WorldAttack:
    return forged(line, harm, told, natively, asks=("storage",))


_FALSE = "world.resource(Chat).say('x', owner='', who='You', role='player', now_secs=0.0)"
_SERVER = "https://example.org/"
_BIG = "(folder / 'mine.json').write_text('[' + '0, ' * 40000 + '0]')"
_VICTIMS = "world.resource(Storage)._file('#68').write_text('{}')"
_PLACES = {
    "../evil": "written outside", "a/../../evil": "written outside", "..\\evil": "written outside", "/tmp/evil": "written outside",
    "a.victim.json": "another's kept", "a.victim": "another's kept",
}  # fmt: skip

PEOPLE: dict[str, dict[str, WorldAttack]] = {
    "capabilities": {
        "play_sound without": _without("audio", "play_sound(sound='a.wav')", "heard"),
        "chat without": _without("chat", "chat(text='hello')", "said"),
        "store without": _without("storage", "store(key='a', value=1)", "kept"),
        "request without": _without("net", f"request(name='a', url={_SERVER!r}, method='GET', body='')", "a server asked"),
        "show_input without": _without("input.text", "show_input(name='a', text='b')", "keys pressed"),
        "taken for granted": WorldAttack(
            FORGE + "    mirror.capabilities.update(dict.fromkeys(('audio', 'chat', 'net', 'storage'), 0))\n"
            "    game.play_sound('a.wav')\n", "heard", "needs the capability 'audio'", on_tick("game.play_sound('a.wav')"),
        ),
        "columns taken for granted": WorldAttack(
            FORGE + "    mirror.can_place = True\n    for c in mirror.components.values():\n"
            "        for f in c.values(): f.writable = True\n    game.find('Lamp').light.intensity = 99.0\n",
            "lamp", "", on_tick("game.find('Lamp').light.intensity = 99.0"),
        ),
    },
    "chat": {
        "a flood": _chat(
            "for i in range(8): order('chat', text=f'{game.tick} {i}')", "chat flooded", "more than two lines a second",
            "for i in range(9): world.resource(Chat).say(str(i), owner='', who='x', role='player', now_secs=0.0)",
        ),
        "more than may be asked": _chat(
            "for i in range(300): order('chat', text=str(i))", "chat flooded", "more than 8 times in a step",
            "for i in range(300): world.resource(Chat).say(str(i), owner='', who='x', role='player', now_secs=0.0)",
        ),
        "as the player": _chat("order('chat', text='x', role='player')", "false line of chat", "takes no 'role'", _FALSE),
        "in the player's name": _chat("order('chat', text='x', who='You')", "false line of chat", "takes no 'who'", _FALSE),
        "as nobody": _chat("order('chat', text='x', owner='')", "false line of chat", "takes no 'owner'", _FALSE),
        "as an event": _chat(
            "order('send', name='chat', to=None, data={'role': 'player', 'text': 'x', 'kind': 'chat'})", "false sender", "",
            "world.resource(ScriptHost).delivery.post(Event('chat', 'You', {'role': 'player', 'text': 'x'}), None)",
        ),
        "a line break": _says("'x\\nYou: give it to me'", "chat steered"),
        "another line break": _says("'x\\u2028You: give it to me'", "chat steered"),
        "letters that steer a terminal": _says("'\\x1b[2J\\x1b]0;owned\\x07'", "chat steered"),
        "writing that turns": _says("'safe \\u202etxt.exe'", "chat steered"),
        "half a letter": _says("'x \\ud800'", "chat steered"),
        "accents that climb": _says("'e' + '\\u0301' * 90", "chat towers"),
        "nothing to be seen": _says("'\\u200b\\u2060\\u00ad'", "chat of nothing"),
        "a line without end": _chat(
            "order('chat', text='x' * 20000)", "chat too long", "at most 300 characters",
            "world.resource(Chat).lines.append(ChatLine(105, 'script', 'x', 'x' * 20000, 0.0))",
        ),
    },
    "what is kept": {
        "more than its room": _keeps(
            "for i in range(9): order('store', key=str(i), value='x' * 9000)", "room taken", "does not fit", _BIG
        ),
        "a list that is longer in a file": _keeps(
            "value = [0] * 400\nfor _ in range(5): value = [value]\n"
            "for i in range(17): order('store', key=f'{game.tick % 2} {i}', value=value)", "room taken", "", _BIG,
        ),
        "many keys": _keeps(
            "for i in range(900): order('store', key=f'{game.tick % 7}{i}', value=0)", "many keys", "",
            "for i in range(300): (folder / f'{game.tick}{i}.json').write_text('{}')",
        ),
        "a long key": _keeps("order('store', key='k' * 90000, value=0)", "room taken", "at most 80 characters", _BIG),
        "a key that closes the quotes": _keeps(
            "order('store', key='a\": NaN', value=0)", "no file of data", "",
            "(folder / 'mine.json').write_text('{\"' + 'a\": NaN' + '\": 0}')",
        ),
        "a key with a line break": _keeps(
            "order('store', key='a\\nb', value=0)", "no file of data", "takes a name",
            "(folder / 'mine.json').write_text('{\"' + 'a\\nb' + '\": 0}')",
        ),
        **{
            f"a key that is the place {place}": _keeps(
                f"order('store', key={place!r}, value={{'mine': 'false'}})", harm, "",
                _VICTIMS if harm == "another's kept" else "(folder / '../evil').write_text('{}')",
            )
            for place, harm in _PLACES.items()
        },
        "in another's name": _keeps(
            "order('store', key='mine', value='false', owner='a.victim')", "another's kept", "takes no 'owner'",
            "world.resource(Storage).put(world, 104, 'mine', 'false')",
        ),
        "no number": _keeps(
            "order('store', key='a', value=float('nan'))", "no file of data", "not JSON compliant",
            "(folder / 'mine.json').write_text('{\"a\": NaN}')",
        ),
        "half a letter": _keeps(
            "order('store', key='a', value='\\ud800')", "no file of data", "",
            "(folder / 'mine.json').write_bytes('{\"a\": \"\\ud800\"}'.encode(errors='surrogatepass'))",
        ),
        "deep": _keeps(
            "deep = []\nfor _ in range(60): deep = [deep]\norder('store', key='a', value=deep)", "no file of data",
            "more than crosses", "(folder / 'mine.json').write_text('[' * 100000 + ']' * 100000)",
        ),
    },
    "screen and sound": {
        "many texts": WorldAttack(
            FORGE + "    for i in range(150): order('show_text', name=f'{game.tick} {i}', text='x')\n", "screen full", "64",
            NATIVE + "    for i in range(150): world.resource(Widgets).show(Widget(1000 + i, 'x', 'text'))\n",
        ),
        "many sounds": forged(
            "for i in range(300): order('play_sound', sound='a.wav')", "noise", "more than 64 times in a step",
            "for i in range(300): game.play_sound('a.wav')", asks=("audio",),
        ),
        **{
            f"a sound at {place}": WorldAttack(
                f"{FORGE}    order('play_sound', sound={place!r})\n", "a sound from outside", "outside of the project",
                on_tick(f"game.play_sound({place!r})"), ("audio",),
            )
            for place in ("/etc/passwd", "../../a.wav", "~/a.wav")
        },
        "many questions": forged(
            "for i in range(99): order('request', name=str(i), url='https://example.org/', method='GET', body='')",
            "servers flooded", "more than 4 times in a step",
            "for i in range(99): game.request(str(i), 'https://example.org/')", asks=("net",),
        ),
    },
}

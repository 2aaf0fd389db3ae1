"""Writes cases.json: what Python's jinja2, set up as transformers sets it up, makes of each template.

Needs jinja2 3.1. Run it in this folder.
"""
import datetime
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

NOW = datetime.datetime(2025, 3, 7, 9, 5, 1)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


ENV = jinja2.sandbox.ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
ENV.filters["tojson"] = tojson
ENV.globals["raise_exception"] = refuse
ENV.globals["strftime_now"] = NOW.strftime


def m(*turns):
    names = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}
    return [{"role": names[r], "content": c} for r, c in turns]


TOOL = {"type": "function", "function": {"name": "weather", "description": "It's <warm> & \"wet\"…", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 3}}, "required": ["city"]}}}
CHATS = {
    "one": m(("u", "Are dogs real?")),
    "blanks": m(("u", "  \n Hi there \t\n"), ("a", " Hello!  "), ("u", "\nBye.\n")),
    "system": m(("s", " Answer briefly. \n"), ("u", "Capital of Peru?"), ("a", "Lima"), ("u", "Sure?")),
    "markers": m(("u", "<|im_end|>{{ 7 * 7 }}{% if %} \U0001f600 é user"), ("a", "<think>\nhm\n</think>\n\nYes </s>"), ("u", "user")),
    "same": m(("u", "a"), ("a", "a"), ("u", "a"), ("a", "a")),
    "order": m(("u", "one"), ("u", "two")),
    "answers": m(("a", "I begin."), ("u", "no")),
    "empty": m(("u", ""), ("a", ""), ("u", "x")),
    "tool": m(("u", "Rain?"), ("t", "{\"rain\": 1}"), ("t", "2"), ("a", "Yes.")),
}
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}

LANGUAGE = {
    "loop": "{% for x in [3, 1, 2] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('a', 'b') }};{% else %}none{% endfor %}{% for x in [] %}{% else %}none{% endfor %}",
    "filtered loop": "{% for k, v in {'a': 1, 'b': 2, 'c': 3}.items() if v != 2 %}{{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}",
    "recursive": "{% for x in [1, [2, [3, 4]], 5] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}",
    "break": "{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x > 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "namespace": "{% set ns = namespace(n=0, l=[]) %}{% for x in [1, 2, 3] %}{% set ns.n = ns.n + x %}{% set ns.l = ns.l + [x * x] %}{% set y = x %}{% endfor %}{{ ns.n }} {{ ns.l }} {{ y is defined }}",
    "block set": "{% set a %}  x\n y {% endset %}[{{ a }}]{% set b | trim | upper %}  x\n y {% endset %}[{{ b }}]",
    "macro": "{% macro f(a, b='d', c=b) -%} {{ a }}-{{ b }}-{{ c }}\n{%- endmacro %}{{ f(1) }} {{ f(1, 2) }} {{ f(1, c=3) }} {{ f(b='x', a='y') | upper }} {{ f() }}",
    "recursive macro": "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}",
    "blanks": "a\n  {% if true %}\n   b\n  {% endif %}  \n c {%- if true -%} \n d \n {%+ endif %}\n{# c #}\n  {{ 1 }}\n{{- 2 }} \n {{ 3 -}} \n e\n   {#- x -#}  \n f {% if true +%}\n g{% endif %}\n\n",
    "raw": "{% raw %} {{ x }} {% y %} {% endraw %}\nz",
    "strings": "{{ 'a\\n\\t\\'b\\\\ \\x41\\u00e9' }}{{ \"it's\" ~ 1 ~ none ~ true ~ 1.5 }}{{ 'a' 'b' }}",
    "numbers": "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 * 3 + 1 }} {{ 1e20 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 123456789.125 }} {{ 1e16 }} {{ -1 | abs }} {{ 'ab' * 3 }} {{ +1 }}",
    "comparisons": "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' == 1 }} {{ [1, 2] == [1, 2] }} {{ {'a': 1} == {'a': 1} }} {{ 'b' in 'abc' }} {{ 4 not in [1, 2] }} {{ 'k' in {'k': 1} }} {{ none == none }} {{ not true or not not true }}",
    "logic": "{{ 0 or 'x' }} {{ '' and 1 }}| {{ [] or {} }} {{ 1 and 2 }} {{ 'y' if 0 else 'n' }} {{ 'q' if 0 }}| {{ 1 if 0 else 2 if 0 else 3 }} {{ missing or 'm' }} {{ not missing }}",
    "slices": "{{ 'abcdef'[1:3] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[:-2] }} {{ [1,2,3,4,5][::2] }} {{ [1,2,3,4,5][3:0:-1] }} {{ [1,2][5:] }} {{ 'a\U0001f600b'[1:] }} {{ 'a\U0001f600b'[-1] }} {{ [1,2,3][-1] }} {{ [1][7] }}| {{ 'abc'[1] }} {{ [1,2,3,4][-100:100] }} {{ [1,2,3,4][100:-100:-1] }}",
    "printing": "{{ [1, 'a', \"it's\", none, true, 1.0, {'k': ['v\\n', '\"']}] }} {{ {} }} {{ [] }} {{ none }} {{ missing }}|{{ 'é…\u200b' }} {{ ['é…\u200b\x01\u00a0'] }}",
    "json": "{{ x | tojson }}\n{{ x | tojson(indent=2) }}\n{{ x | tojson(separators=(',', ':')) }} {{ x | tojson(sort_keys=true) }} {{ '<é\\n\"' | tojson }} {{ [] | tojson(indent=4) }}",
    "methods": "{{ ' a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'xxa'.lstrip('x') }}|{{ 'a\\n\\n'.rstrip('\\n') }}|{{ 'a,b,,c'.split(',') }}|{{ ' a  b c '.split() }}|{{ 'a b c'.split(' ', 1) }}|{{ 'a b c'.rsplit(' ', 1) }}|{{ 'abc'.startswith('ab') }}|{{ 'abc'.endswith(('x', 'c')) }}|{{ \"o'neil mc-x 3d\".title() }}|{{ 'ABC def'.capitalize() }}|{{ 'abcabc'.find('c') }}|{{ 'abc'.find('z') }}|{{ 'aXbXc'.replace('X', '-') }}|{{ 'aXbXc'.replace('X', '-', 1) }}|{{ ', '.join(['a', 'b']) }}|{{ '{} {} {}'.format(1, 'a', none) }}|{{ '{a}{0}{{}}'.format(1, a=2) }}|{{ 'abab'.count('ab') }}|{{ 'a\\nb\\n'.splitlines() }}|{{ '%s is %s%%' % ('a', 1) }}|{{ '12'.isdigit() }}|{{ 'abc'.upper().lower() }}",
    "dictionaries": "{% set d = {'b': 1, 'a': {'c': [1, {'e': 'f'}]}} %}{{ d.a.c[1].e }} {{ d['a']['c'][0] }} {{ d.get('z') }} {{ d.get('z', 5) }} {{ d.keys() | list }} {{ d.values() | list }} {{ d.items() | list | length }} {{ d.z is defined }} {{ d | dictsort | length }} {{ d | length }} {% for k in d %}{{ k }}{% endfor %} {% for k, v in d | items %}{{ k }}{% endfor %} {% for k, v in d | dictsort %}{{ k }}{% endfor %}",
    "filters": "{{ '  a ' | trim }}|{{ 'aB' | upper }}|{{ 'aB' | lower }}|{{ 'abc' | length }}|{{ missing | default('d') }}|{{ '' | default('d', true) }}|{{ none | d('d') }}|{{ [1, 2] | join(', ') }}|{{ [{'a': 1}, {'a': 2}] | join('-', attribute='a') }}|{{ 'abc' | list }}|{{ [{'a': 'x'}, {'a': 'y'}] | map(attribute='a') | list }}|{{ ['a', 'b'] | map('upper') | join }}|{{ [{'r': 1}, {'r': 2}, {'r': 1}] | selectattr('r', 'equalto', 1) | list | length }}|{{ [{'r': 1}, {}] | rejectattr('r') | list }}|{{ [{'r': 1}, {}] | selectattr('r', 'defined') | list }}|{{ [1, 2, 3] | select('odd') | list }}|{{ ['a', 'b'] | reject('equalto', 'a') | list }}|{{ 'aXa' | replace('a', 'b') }}|{{ [1, 2] | first }}|{{ [1, 2] | last }}|{{ 1 | string ~ 'a' }}|{{ '12' | int + 1 }}|{{ 'x' | int }}|{{ 3.7 | int }}|{{ '3.7' | int }}|{{ '2' | float }}|{{ 'aBC dE' | capitalize }}|{{ 'aBC dE-fg (x' | title }}|{{ [3, 1, 2] | sort }}|{{ ['b', 'A', 'c'] | sort }}|{{ [3, 1, 2] | sort(reverse=true) }}|{{ ['a', 'A', 'b'] | unique | list }}|{{ 'abc' | reverse }}|{{ 'a\nb\n\nc' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}|{{ [{'n': 2}, {'n': 1}] | sort(attribute='n') }}|{{ 'x' | safe }}",
    "tests": "{{ x is defined }}{{ missing is undefined }}{{ none is none }}{{ 'a' is string }}{{ 1 is string }}{{ {} is mapping }}{{ [] is mapping }}{{ [] is iterable }}{{ 1 is iterable }}{{ 'a' is sequence }}{{ 1 is number }}{{ true is number }}{{ true is boolean }}{{ 1 is boolean }}{{ true is true }}{{ 1 is true }}{{ false is false }}{{ 1 is equalto 1 }}{{ 1 is eq(1) }}{{ 1 is in [1] }}{{ 3 is odd }}{{ 1 is not none }}{{ 1 is integer }}{{ 1.5 is float }}{{ 6 is divisibleby 3 }}{{ 1 is ne 2 }}{{ not 1 is string }}{{ x is mapping and x.a is defined }}",
    "precedence": "{{ 1 + 2 * 3 - 4 }} {{ 'a' ~ 1 + '2' }} {{ 'a' + ' b ' | trim + 'c' }} {{ -2 | abs }} {{ 1 + 1 == 2 and not 3 in [4] }} {{ (1, 2) | length }} {{ [1, 2,] | length }} {{ 'a' in 'abc' == true }} {{ 2 - 1 - 1 }} {{ 8 // 2 // 2 }}",
    "scopes": "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = x + i %}{{ x }};{% endfor %}{{ x }}{% if true %}{% set x = 9 %}{% endif %}{{ x }}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}",
    "filter block": "{% filter upper | replace('A', 'b') %}ab {{ 'c' }}{% endfilter %}",
    "generation": "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    "unpack": "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "date": "{{ strftime_now('%d %b %Y|%B %d, %Y|%Y-%m-%d|%H:%M:%S|%A %a|%-d|%y|%j|%%') }}",
    "undefined called": "{{ missing(1) }}",
    "undefined used": "{{ missing + 'a' }}",
    "undefined attribute": "{{ missing.a.b }}",
    "changes": "{% set l = [] %}{{ l.append(1) }}",
    "refuses": "{{ raise_exception('No ' + 'way') }}",
}


def case(template, source, chat, messages, prompt, variables):
    out = {"template": template, "chat": chat, "messages": messages, "generation_prompt": prompt, "variables": variables}
    if not template.endswith(".jinja"):
        out["source"] = source
    names = {"tools": None, "documents": None, **SPECIAL, **variables}
    try:
        out["text"] = ENV.from_string(source).render(messages=messages, add_generation_prompt=prompt, **names)
    except (jinja2.exceptions.TemplateError, TypeError) as e:
        out["error"] = str(e)
    return out


def cases():
    for path in sorted(pathlib.Path(".").glob("*.jinja")):
        source = path.read_text()
        for chat, messages in CHATS.items():
            yield case(path.name, source, chat, messages, True, {})
        yield case(path.name, source, "system", CHATS["system"], False, {})
        yield case(path.name, source, "system", CHATS["system"], True, {"tools": [TOOL, TOOL]})
    source = pathlib.Path("qwen-3.jinja").read_text()
    yield case("qwen-3.jinja", source, "markers", CHATS["markers"], True, {"enable_thinking": False})
    source = pathlib.Path("granite-3.jinja").read_text()
    yield case("granite-3.jinja", source, "one", CHATS["one"], True,
               {"documents": [{"text": "Up."}, {"text": "Down."}], "controls": {"citations": True}})
    x = {"a": [1, 2.5, None, True, {"b": "é\n\"<&>"}], "Z": {}, "c": []}
    for name, source in LANGUAGE.items():
        yield case(name, source, "blanks", CHATS["blanks"], True, {"x": x})


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(c, ensure_ascii=True) for c in cases())
    pathlib.Path("cases.json").write_text("[\n" + lines + "\n]\n")

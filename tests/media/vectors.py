"""Ways in which raw HTML acts, one of each kind that is published.

The kinds are those of the OWASP Cheat Sheet Series, "XSS Filter Evasion", and of the HTML5
Security Cheatsheet (html5sec); the texts are written for these tests. Each calls ``alert``.
"""

from __future__ import annotations

_TAGS = """\
<script>alert(1)</script>
<SCRIPT SRC=https://evil.example/x.js></SCRIPT>
<script/x>alert(1)</script>
<<script>alert(1);//<</script>
<scr<script>ipt>alert(1)</scr</script>ipt>
<script\x0c>alert(1)</script>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="&lt;script&gt;parent.alert(1)&lt;/script&gt;"></iframe>
<object data="javascript:alert(1)"></object>
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<embed src="javascript:alert(1)">
<applet code="x" onerror=alert(1)></applet>
<meta http-equiv="refresh" content="0;url=javascript:alert(1)">
<base href="javascript:alert(1)//">
<link rel=stylesheet href="https://evil.example/x.css">
<link rel=import href="data:text/html,<script>alert(1)</script>">
<style>@import 'https://evil.example/x.css';</style>
<style>*{background:url(javascript:alert(1))}</style>
<form action="javascript:alert(1)"><input type=submit></form>
<form id=x></form><button form=x formaction="javascript:alert(1)">b</button>
<isindex action="javascript:alert(1)" type=image>
<frameset onload=alert(1)></frameset>
<template><img src=x onerror=alert(1)></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>
<xmp><img src=x onerror=alert(1)></xmp>
<plaintext onclick=alert(1)>
<portal src="javascript:alert(1)"></portal>
<dialog open onclose=alert(1)>d</dialog>
"""
_HANDLERS = """\
<img src=x onerror=alert(1)>
<img src=x oneonerrorrror=alert(1) onerror=alert(1)>
<img/src=x/onerror=alert(1)>
<img src=x ONERROR="alert(1)">
<img src=x onerror&#61;alert(1)>
<img src='x' `onerror=alert(1)`>
<img \"\"\"><script>alert(1)</script>\">
<img src=x:alert(1) onerror=eval(src)>
<img srcset="x" onerror=alert(1)>
<picture><source srcset=x onerror=alert(1)><img onerror=alert(1) src=x></picture>
<video><source onerror=alert(1)></video>
<video src=x onerror=alert(1)></video>
<video poster="javascript:alert(1)"></video>
<audio src=x onerror=alert(1)>
<body onload=alert(1)>
<body background="javascript:alert(1)">
<svg onload=alert(1)>
<svg/onload=alert(1)//
<details open ontoggle=alert(1)>x</details>
<marquee onstart=alert(1)>x</marquee>
<input autofocus onfocus=alert(1)>
<input type=image src=x onerror=alert(1)>
<select autofocus onfocus=alert(1)></select>
<textarea autofocus onfocus=alert(1)></textarea>
<keygen autofocus onfocus=alert(1)>
<p onmouseover=alert(1) onpointerenter=alert(1)>x</p>
<b onclick=alert(1)>x</b>
<div onanimationstart=alert(1) style="animation-name:x">x</div>
<div style="width:expression(alert(1))">x</div>
<div style="background-image:url(javascript:alert(1))">x</div>
<td style="text-align:left;behavior:url(x.htc)">x</td>
<a id=x tabindex=1 onfocus=alert(1)></a>
<xss onbeforeinput=alert(1) contenteditable>x</xss>
"""
_ADDRESSES = """\
<a href="javascript:alert(1)">x</a>
<a href="JaVaScRiPt:alert(1)">x</a>
<a href=" &#14; javascript:alert(1)">x</a>
<a href="jav&#x09;ascript:alert(1)">x</a>
<a href="jav&#x0A;ascript:alert(1)">x</a>
<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>
<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>
<a href="javascript&colon;alert(1)">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="view-source:javascript:alert(1)">x</a>
<a href="feed:javascript:alert(1)">x</a>
<a xlink:href="javascript:alert(1)">x</a>
<area href="javascript:alert(1)">
<img src="javascript:alert(1)">
<img src="data:image/svg+xml,<svg onload=alert(1)>">
<blockquote cite="javascript:alert(1)">x</blockquote>
<q cite="javascript:alert(1)">x</q>
<table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x</table>
<img dynsrc="javascript:alert(1)"> <img lowsrc="javascript:alert(1)">
<bgsound src="javascript:alert(1)">
<layer src="https://evil.example/x"></layer>
"""
_NESTS = """\
<svg><script>alert(1)</script></svg>
<svg><script href="data:text/javascript,alert(1)" /></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg><foreignObject><iframe srcdoc="x" onload=alert(1)></foreignObject></svg>
<svg><animate attributeName=href values="javascript:alert(1)" /><a>x</a></svg>
<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x" /></svg>
<svg><set attributeName=onmouseover to=alert(1) /></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></math>
<math href="javascript:alert(1)">x</math>
<math><maction actiontype=statusline xlink:href="javascript:alert(1)">x</maction></math>
<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>
<table><td><svg><desc><td><img src=x onerror=alert(1)></desc></svg></td></table>
<select><option><style></option></select><img src=x onerror=alert(1)></style>
<p id="</p><img src=x onerror=alert(1)>">x</p>
<b title="--><img src=x onerror=alert(1)>">x</b>
<!--><img src=x onerror=alert(1)>-->
<!--[if gte IE 4]><script>alert(1)</script><![endif]-->
<![CDATA[<img src=x onerror=alert(1)>]]>
<?xml version="1.0"?><script>alert(1)</script>
<a href="x" title='"><img src=x onerror=alert(1)>'>x</a>
<span class="arithmatex">\\(\\href{javascript:alert(1)}{x}\\)</span>
<figure class="bt-diagram" data-title="&quot;><img src=x onerror=alert(1)>"></figure>
<span class="bt-cite">[@<img src=x onerror=alert(1)>]</span>
"""
_MARKDOWN = """\
[x](javascript:alert(1))
[x](<javascript:alert(1)>)
[x](JAVASCRIPT&colon;alert(1))
[x]( &#x6A;avascript:alert(1))
![x](javascript:alert(1))
![x"onerror="alert(1)](https://a.example/x.png)
[x](https://a.example/ "a" onmouseover="alert(1)")
[x](https://a.example/){ onclick="alert(1)" href="javascript:alert(1)" }
<javascript:alert(1)>
## Heading { #a"><img/src=x/onerror=alert(1)> }
## Heading <img src=x onerror=alert(1)>
`<img src=x onerror=alert(1)>`{ onclick=alert(1) }
"""

#: All of them, each by itself.
VECTORS = tuple(
    line
    for text in (_TAGS, _HANDLERS, _ADDRESSES, _NESTS, _MARKDOWN)
    for line in text.rstrip("\n").split("\n")
)

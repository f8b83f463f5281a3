// Everything that a script adds to a page. Each part is a block of its own; without any of them the page is whole.
{% for part in ("switch", "contents", "copy", "prefetch", "search") %}
{
{% include ".scripts/" ~ part ~ ".js" %}
}
{% endfor %}

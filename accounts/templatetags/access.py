"""Who is looking: their membership in the programme of the page."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def membership(context, programme):
    """The membership of the signed-in user in `programme`; None for a visitor."""
    user = getattr(context.get("request"), "user", None)
    return user.membership_in(programme) if user and user.is_authenticated and programme else None

"""Events: list, log, read, change, delete."""


def event_list(request, programme): ...


event_add = event_detail = event_edit = event_delete = event_list

"""What is received of an upload: no more than may be kept, whatever is sent."""

from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _

from programmes import formats

from .file_kinds import MOST_BYTES, shown_name, too_large

MOST_AT_ONCE = 100 * 1024 * 1024  # stored of one request
MOST_READ = 300 * 1024 * 1024  # read of one request, to answer it in words


class LimitedUpload(TemporaryFileUploadHandler):
    """Puts each file on disk as it comes, and lets go of it as soon as it is too large.

    Such a file is not among `request.FILES`; `refused_uploads(request)` names it.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.sent, self.stored = content_length, 0
        self.request.refused_uploads = self.refused = []

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, file_name, *args, **kwargs)
        if self.sent > MOST_READ:
            self._refuse(_too_much())
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > MOST_BYTES:
            self.stored -= start
            self._refuse(too_large())
            raise SkipFile
        if self.stored + len(raw_data) > MOST_AT_ONCE:
            self._refuse(_too_much())
            raise SkipFile
        self.stored += len(raw_data)
        return super().receive_data_chunk(raw_data, start)

    def _refuse(self, reason):
        self.refused.append((self.field_name, shown_name(self.file_name), reason))


def _too_much():
    return _("All the files together are larger than %(most)s. Send some at a time.") % {
        "most": formats.bytes_of(MOST_AT_ONCE)
    }


def refused_uploads(request, field):
    """(name, reason) of each file sent in the field that was let go of while it came."""
    request.POST  # noqa: B018 reading it is what receives the files
    refused = getattr(request, "refused_uploads", [])
    return [(name, reason) for at, name, reason in refused if at == field]

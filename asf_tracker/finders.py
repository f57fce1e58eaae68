"""Static files that come with installed packages: styles and the typeface. None is committed."""

from pathlib import Path

import fontpkg_source_sans_3
from bootstrap_wrapper import get_bootstrap_dir
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILES = {
    "vendor/bootstrap.min.css": Path(get_bootstrap_dir()) / "css" / "bootstrap.min.css",
    "vendor/bootstrap.min.css.map": Path(get_bootstrap_dir()) / "css" / "bootstrap.min.css.map",
    "vendor/SourceSans3.ttf": fontpkg_source_sans_3.ROOT / "files" / "SourceSans3[wght].ttf",
}


class PackagedFiles(BaseFinder):
    """Finds the files above under the names the templates use."""

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        file = FILES.get(path)
        found = str(file) if file and file.exists() else []
        return [found] if find_all and found else found

    def list(self, ignore_patterns):
        for name, file in FILES.items():
            yield name, _OneFile(name, file)


class _OneFile(FileSystemStorage):
    """A storage that knows one file under another name."""

    prefix = None

    def __init__(self, name, file):
        super().__init__(location=file.parent)
        self.name, self.file = name, file

    def path(self, name):
        return str(self.file) if name == self.name else super().path(name)

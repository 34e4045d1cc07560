// Recognises files by their first bytes, to say what a wrong file is instead of what it is not.

/// What a file's beginning gives away.
package enum FileKind: Hashable, Sendable {
  case gzip, zip, npy, hdf5, png, jpeg, parquet, sqlite, pdf, xz, zstandard, bzip2, gguf
  case pickle, html, gitLFSPointer, utf16, utf32, safetensors

  /// nil for plain text and unknown bytes. `prefix` should hold at least 64 bytes when the file does.
  package init?(prefix: some Collection<UInt8>) {
    let head = Array(prefix.prefix(256))
    // First, because the length it begins with may look like any other magic number.
    if FileKind.isSafetensors(head) {
      self = .safetensors
    } else if let kind = FileKind.magic.first(where: { head.starts(with: $0.bytes) })?.kind {
      self = kind
    } else if FileKind.isPickle(head) {
      self = .pickle
    } else if FileKind.isHTML(head) {
      self = .html
    } else {
      return nil
    }
  }

  /// The longer of two that begin alike comes first.
  private static let magic: [(bytes: [UInt8], kind: FileKind)] = [
    ([0x1F, 0x8B], .gzip), ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
    ([0x93] + Array("NUMPY".utf8), .npy), ([0x89] + Array("HDF\r\n".utf8), .hdf5),
    ([0x89] + Array("PNG".utf8), .png), ([0xFF, 0xD8, 0xFF], .jpeg),
    (Array("PAR1".utf8), .parquet), (Array("SQLite format 3\0".utf8), .sqlite),
    (Array("%PDF-".utf8), .pdf), ([0xFD] + Array("7zXZ\0".utf8), .xz),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstandard), (Array("BZh".utf8), .bzip2),
    (Array("GGUF".utf8), .gguf), (Array("version https://git-lfs".utf8), .gitLFSPointer),
    ([0xFF, 0xFE, 0, 0], .utf32), ([0, 0, 0xFE, 0xFF], .utf32),
    ([0xFF, 0xFE], .utf16), ([0xFE, 0xFF], .utf16),
  ]

  /// Protocol 2 to 5 of Python's pickle.
  private static func isPickle(_ head: [UInt8]) -> Bool {
    head.count >= 3 && head[0] == 0x80 && (2...5).contains(head[1])
  }

  private static func isHTML(_ head: [UInt8]) -> Bool {
    let text = head.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(14).map {
      (0x41...0x5A).contains($0) ? $0 + 0x20 : $0
    }
    return text.starts(with: "<!doctype html".utf8) || text.starts(with: "<html".utf8)
  }

  private static func isSafetensors(_ head: [UInt8]) -> Bool {
    head.count >= 10 && head[5...7].allSatisfy { $0 == 0 } && head[8] == 0x7B
  }

  /// With its article, as it stands in `this is …`.
  package var phrase: String {
    switch self {
    case .gzip: "a gzip archive"
    case .zip: "a zip archive"
    case .npy: "a numpy file"
    case .hdf5: "an hdf5 file"
    case .png: "a png image"
    case .jpeg: "a jpeg image"
    case .parquet: "a parquet file"
    case .sqlite: "an sqlite database"
    case .pdf: "a pdf document"
    case .xz: "an xz archive"
    case .zstandard: "a zstandard archive"
    case .bzip2: "a bzip2 archive"
    case .gguf: "a gguf file"
    case .pickle: "a Python pickle"
    case .html: "an HTML page"
    case .gitLFSPointer: "a git-lfs pointer"
    case .utf16: "UTF-16 text"
    case .utf32: "UTF-32 text"
    case .safetensors: "a safetensors file"
    }
  }

  /// What to do about it.
  package var help: String {
    switch self {
    case .gzip, .zip, .xz, .zstandard, .bzip2: "unpack it first"
    case .gitLFSPointer: "run `git lfs pull` in the folder it came from"
    case .html: "download the file itself, not the page about it"
    case .pickle:
      "pickles can run code and are never opened; in Python, save the tensors with safetensors"
    case .utf16, .utf32: "save it as UTF-8"
    case .npy, .hdf5, .parquet, .sqlite: "export it as csv"
    case .safetensors: "use `load` for safetensors files"
    case .gguf, .png, .jpeg, .pdf: "give the name of another file"
    }
  }
}

internal import Records

/// `added_tokens`, sorted by where they are looked for.
struct AddedTokenLists {
  /// Looked for in the text as it is given; special ones have no id, since they are text there.
  var raw: [(bytes: [UInt8], id: TokenID?)] = []
  /// Looked for in the normalised text.
  var normalized: [(bytes: [UInt8], id: TokenID?)] = []
  /// All with their ids, for decoding.
  var all: [(bytes: [UInt8], id: TokenID)] = []
}

extension JSONPart {
  /// The added tokens; none if there are none.
  func addedTokens(_ normalizers: [Normalizer]) throws(TokenizerError) -> AddedTokenLists {
    var lists = AddedTokenLists()
    var seen: Set<[UInt8]> = []
    for token in try elements() {
      var bytes = Array(try token["content"].text().utf8)
      let id = try token["id"].tokenID()
      guard !bytes.isEmpty else { continue }
      lists.all.append((bytes, id))
      let isSpecial = try token["special"].truth(ifAbsent: false)
      if !isSpecial {
        for key in ["single_word", "lstrip", "rstrip"] where try token[key].truth(ifAbsent: false) {
          throw token[key].unsupported("true for a token that is not special")
        }
      }
      let isNormalized = try token["normalized"].truth(ifAbsent: !isSpecial)
      if isNormalized { for normalizer in normalizers { normalizer.apply(to: &bytes) } }
      guard seen.insert(bytes).inserted else { throw token["content"].wrong("the token is there twice") }
      if isNormalized {
        lists.normalized.append((bytes, isSpecial ? nil : id))
      } else {
        lists.raw.append((bytes, isSpecial ? nil : id))
      }
    }
    return lists
  }

  /// What `decoder` does; nothing if it is null or undoes `ByteLevel`, which is done token by token.
  func decoding() throws(TokenizerError) -> Decoding {
    var decoding = Decoding()
    try add(to: &decoding)
    return decoding
  }

  private func add(to decoding: inout Decoding) throws(TokenizerError) {
    if isAbsent { return }
    let type = try type()
    switch type {
    case "ByteLevel", "ByteFallback", "Fuse": break
    case "Sequence":
      for step in try self["decoders"].elements() { try step.add(to: &decoding) }
    case "Metaspace":
      decoding.blank = Array(try self["replacement"].text().utf8)
      let prepends =
        try self["prepend_scheme"].isAbsent
        ? self["add_prefix_space"].truth(ifAbsent: true) : self["prepend_scheme"].text() != "never"
      decoding.leadingBlanks = prepends ? 1 : 0
    case "Replace":
      guard try self["content"].text() == " " else { throw self["content"].unsupported("anything but a blank") }
      decoding.blank = try self["pattern"].literal()
    case "Strip":
      guard try self["content"].text() == " ", self["stop"].value.whole ?? 0 == 0 else {
        throw unsupported("stripping anything but leading blanks")
      }
      decoding.leadingBlanks = Int(self["start"].value.whole ?? 0)
    default: throw self["type"].unsupported("the decoder \"\(type)\"")
    }
  }
}

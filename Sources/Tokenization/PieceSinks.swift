/// Counts the tokens of pieces and keeps none of them.
struct CountingSink: PieceSink, ~Copyable {
  private let model: BPEModel
  private let cache = PieceCache()
  private var scratch = TokenScratch()
  var total = 0

  init(model: BPEModel) {
    self.model = model
  }

  @inline(__always)
  mutating func take(_ piece: UnsafePointer<UInt8>, count: Int, readable: Int) {
    guard count <= PieceKey.longest else {
      total += merged(piece, count)
      return
    }
    let key = PieceKey(piece, count: count, readable: readable)
    let slot = cache.slot(of: key)
    if let known = cache.count(at: slot, of: key) {
      total += known
      return
    }
    let found = model.wholePiece(key) != nil ? 1 : merged(piece, count)
    cache.keep(found, of: key, at: slot)
    total += found
  }

  mutating func take(token: TokenID) { total += 1 }

  private mutating func merged(_ piece: UnsafePointer<UInt8>, _ count: Int) -> Int {
    model.encode(piece, count: count, &scratch)?.count ?? scratch.count
  }
}

/// Collects the ids of the tokens of pieces.
struct EncodingSink: PieceSink, ~Copyable {
  private let model: BPEModel
  private var scratch = TokenScratch()
  private(set) var ids: [TokenID] = []
  /// How many ids the last piece gave.
  private(set) var lastCount = 0

  init(model: BPEModel) {
    self.model = model
  }

  @inline(__always)
  mutating func take(_ piece: UnsafePointer<UInt8>, count: Int, readable: Int) {
    if count <= PieceKey.longest, let number = model.wholePiece(PieceKey(piece, count: count, readable: readable)) {
      ids.append(model.id(number))
      lastCount = 1
      return
    }
    merge(piece, count)
  }

  mutating func take(token: TokenID) {
    ids.append(token)
    lastCount = 1
  }

  private mutating func merge(_ piece: UnsafePointer<UInt8>, _ count: Int) {
    if let found = model.encode(piece, count: count, &scratch) {
      ids += found
      lastCount = found.count
    } else {
      for place in 0..<scratch.count { ids.append(model.id(scratch.tokens[place])) }
      lastCount = scratch.count
    }
  }
}

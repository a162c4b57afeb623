import Records

/// Puts a record's fields into the columns of a batch.
struct RowVisitor: FieldVisitor {
  let batch: RowBatch
  let terms: Terms

  mutating func integer(_ value: Int64?) { batch.append(value) }
  mutating func real(_ value: Double?) { batch.append(value) }
  mutating func text(_ value: String?) { batch.append(value) }
  mutating func bytes(_ value: [UInt8]?) { batch.append(value) }
  mutating func term(_ value: String?) throws { batch.append(try value.map(terms.id)) }
  mutating func series(_ value: TrialSeries) throws { batch.append(try terms.id(value)) }
}

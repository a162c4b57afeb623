import Testing

@testable import Intake

@Suite struct DelimitedTests {
  @Test func readsQuotesLineBreaksAndCRLF() throws {
    let text = "\u{FEFF}item_id,score,note\r\n\"a,b\",1,\"line\nbreak\"\r\n\"say \"\"hi\"\"\",0,\"\"\r\nüñ,0.5,x\"y"
    let result = try collect(text)
    #expect(result.summary.format == .csv)
    #expect(result.items == ["a,b", "say \"hi\"", "üñ"])
    #expect(result.scores == [1, 0, 0.5])
  }

  @Test(arguments: [(",", FileFormat.csv), ("\t", .tsv), (";", .csv), ("|", .csv), (" ", .csv)])
  func findsTheDelimiter(delimiter: String, format: FileFormat) throws {
    let text = ["item_id score model", "q1 1 a", "q2 0 b"].joined(separator: "\n")
      .replacing(" ", with: delimiter)
    let result = try collect(text)
    #expect(result.summary.format == format)
    #expect(result.items == ["q1", "q2"])
    #expect(result.summary.variants == ["a", "b"])
  }

  @Test func aDelimiterInsideAFieldDoesNotMislead() throws {
    let result = try collect("item_id;score;note\nq1;1;a, b, c\nq2;0;d\n")
    #expect(result.scores == [1, 0])
  }

  @Test func spacesMayAlignColumns() throws {
    let result = try collect("  system    score  seg_id  \n  a  -2.5  1\n  b  +1   2 \n")
    #expect(result.scores == [-2.5, 1])
    #expect(result.items == ["1", "2"])
  }

  @Test func missingScoresAreNotZero() throws {
    let result = try collect("item_id,score\na,\nb,NA\nc,nan\nd,None\ne,n/a\nf,1\n")
    #expect(result.scores == [nil, nil, nil, nil, nil, 1])
    #expect(result.summary.missingScores == 5)
  }

  @Test func readsWordsAndGrades() throws {
    let words = try collect("item,passed\na,true\nb,FALSE\nc,Pass\nd,fail\ne,yes\nf,No\ng,1\nh,0\n")
    #expect(words.scores == [1, 0, 1, 0, 1, 0, 1, 0])
    #expect(try collect("item,score\na,C\nb,I\nc,P\nd,N\n").scores == [1, 0, 0.5, 0])
    #expect(try collect("item,score\na,P\nb,F\nc,P\n").scores == [1, 0, 1])
    #expect(try collect("item,score\na,P\nb,I\n").scores == [0.5, 0])
  }

  @Test func aLoneLetterPIsNotGuessed() {
    #expect(
      fault("item,score\na,P\nb,P\n")?.hasPrefix("input:2:3: column 'score': 'P' is partial credit among") == true)
    #expect(fault("item,score\na,C\nb,F\n")?.contains("mixes the grades") == true)
  }

  @Test func passesOverBlankLinesAndAMissingLastLineEnd() throws {
    #expect(try collect("\nitem,score\n\na,1\r\n\r\nb,0").items == ["a", "b"])
  }

  @Test func readsOneRow() throws {
    #expect(try collect("item,score\na,1").rows == [CollectedRow(item: "a", score: 1)])
  }

  @Test func chosenColumns() throws {
    let text = "q,ok,who,lang,n,grp,p,j,usd,in,out\n1,1,a,de,2,g1,p1,j1,0.5,10,20\n"
    let result = try collect(text) {
      $0.item = "q"
      $0.scores = ["ok"]
      $0.variant = "who"
      $0.slices = ["lang", "n"]
      $0.repetition = "n"
      $0.cluster = "grp"
      $0.prediction = "p"
      $0.judgeRepeat = "j"
      $0.cost = "usd"
      $0.tokens = "in"
    }
    #expect(
      result.rows == [
        CollectedRow(
          item: "1", variant: "a", repetition: "2", prediction: "p1", judgeRepeat: "j1", score: 1, cluster: "g1",
          slices: ["de", "2"], cost: 0.5, tokens: 10)
      ])
    #expect(result.summary.guesses.isEmpty)
  }

  @Test func namesMayDifferByHabit() throws {
    let result = try collect("Instance ID,isCorrect\nx,true\n") { $0.item = "instance_id" }
    #expect(result.items == ["x"])
    #expect(result.summary.guesses == [.init(role: "score", column: "isCorrect", option: "--score")])
  }

  @Test func guessesEverythingItCan() throws {
    let text =
      "suite,item_id,model,epoch,score,cluster_id,cost,input_tokens,output_tokens\ns,q,m,1,0.5,c,0.01,7,5\n"
    let result = try collect(text)
    #expect(
      result.rows == [
        CollectedRow(
          suite: "s", item: "q", variant: "m", repetition: "1", score: 0.5, cluster: "c", cost: 0.01, tokens: 12)
      ])
    #expect(
      result.summary.guesses.map { "\($0.role)=\($0.column)" } == [
        "item=item_id", "score=score", "suite=suite", "cluster=cluster_id", "repeat=epoch", "variant=model",
        "cost=cost", "tokens=input_tokens + output_tokens",
      ])
  }

  @Test func contentRefutesAName() throws {
    // `result` holds prose, so the score is `acc`; `run` holds names, so it is no repeat.
    let result = try collect("id,result,acc,run\nq,some prose,1,nightly\n")
    #expect(result.scores == [1])
    #expect(result.rows[0].repetition == nil)
  }

  @Test func severalScoresAreArms() throws {
    let result = try collect("id,a,b\nq,1,0\nr,,1\n") { $0.scores = ["a", "b"] }
    #expect(result.rows.map(\.variant) == ["a", "b", "a", "b"])
    #expect(result.scores == [1, 0, nil, 1])
    #expect(result.summary.variants == ["a", "b"])
  }

  @Test func manyArmsAreListedOnceInOrder() throws {
    let names = (0..<40).map { "arm \($0)" }
    let rows = (0..<5).flatMap { item in names.map { "\(item),1,\($0)" } }
    #expect(try collect("id,score,model\n" + rows.joined(separator: "\n")).summary.variants == names)
  }

  @Test func endlessColumnsAreRefused() {
    let commas = String(repeating: ",", count: DelimitedParser.maximumFields)
    #expect(fault("id,score\na,1\n" + commas)?.hasPrefix("input:3:1: the line has more than 16384 fields") == true)
    #expect(fault(commas)?.contains("input") == true)
  }

  @Test func filtersKeepRows() throws {
    let result = try collect("id,score,judge\nq,1,x\nr,0,y\ns,1,x\n") {
      $0.filters = [.init(column: "judge", value: "x")]
    }
    #expect(result.items == ["q", "s"])
    #expect(result.summary.filteredRows == 1)
  }

  @Test(arguments: [
    (
      "item,score\na,1\nb\n",
      "input:3:1: the row has 1 field, the header has 2. "
        + "Quote fields that hold the delimiter, and write every field of a row."
    ),
    (
      "item,score\na,1\nb,maybe\n",
      "input:3:3: column 'score': 'maybe' is no score. Name another column, or write numbers, true/false, pass/fail, "
        + "yes/no; leave the field empty when it is missing."
    ),
    (
      "item,score\na,1\n,1\n",
      "input:3:1: the row has no item id in column 'item'. Name the column of the item with --item."
    ),
    (
      "item,score\n\"a,1\n",
      "input:2:1: a quoted field has no end, found end of file. "
        + "Close the quote, or write the file again if it is cut off."
    ),
    (
      "item,score\n\"a\"b,1\n",
      "input:2:4: text follows the closing quote of a field. "
        + "Double the quotes inside a quoted field."
    ),
    ("item,score\n", "input: has a header but no rows. Check that the run wrote its results."),
    ("1,2\n3,4\n", "input:1:1: the first line holds numbers, not the names of columns. Add a header line."),
    (
      "a,b\nx,y\n",
      "input: has no column that is known to hold the item id. Name it with --item; the columns are: a, b."
    ),
    (
      "id,grade\nx,lovely\n",
      "input: has no column that is known to hold the score ('grade' holds 'lovely'). "
        + "Name it with --score; the columns are: id, grade."
    ),
    (
      "id,Score,score\nx,1,2\n",
      "input: has several columns that may hold the score: Score, score. Choose with --score."
    ),
    (
      "lonely\nword\n",
      "input:1: is not JSON, and its first line has no columns separated by , tab ; | or spaces. "
        + "Give CSV or TSV with a header, JSON lines, or another known format."
    ),
    (
      "\n\n",
      "input:1: is not JSON, and its first line has no columns separated by , tab ; | or spaces. "
        + "Give CSV or TSV with a header, JSON lines, or another known format."
    ),
  ])
  func namesThePlaceOfAFault(text: String, expected: String) {
    #expect(fault(text) == expected)
  }

  @Test func aLaterBadScoreIsFoundBehindTheSample() {
    let rows = (0..<5000).map { "q\($0),1" }.joined(separator: "\n")
    #expect(fault("item,score\n\(rows)\nlast,oops\n")?.hasPrefix("input:5002:6: column 'score': 'oops'") == true)
  }

  @Test func unknownColumnsAreListed() {
    let message = fault("id,score\nx,1\n") { $0.cluster = "team" }
    #expect(message == "input: has no column 'team' (--cluster). Its columns are: id, score.")
  }

  @Test func refusesOtherEncodings() {
    #expect(fault(bytes: [0xFF, 0xFE, 0x69, 0x00])?.contains("UTF-16") == true)
    #expect(fault(bytes: [0x7B, 0x00, 0x22, 0x00, 0x61, 0x00])?.contains("UTF-16") == true)
    #expect(fault(bytes: Array("id,score\nq\0,1\n".utf8))?.hasPrefix("input:2:2: a NUL byte") == true)
    let latin = Array("id,score\nq,1\nf".utf8) + [0xFC] + Array("r,1\n".utf8)
    #expect(fault(bytes: latin)?.hasPrefix("input:3:2: not UTF-8: byte 0xFC") == true)
    let quoted = Array("id,score\nq,1\n\"f".utf8) + [0xFC] + Array("r\",1\n".utf8)
    #expect(fault(bytes: quoted)?.hasPrefix("input:3:3: not UTF-8: byte 0xFC") == true)
  }
}

// The alternatives of the grammar, so that a test can tell that a generator reaches all of them.

/// One case for each alternative of the language's EBNF.
public enum GrammarRule: String, CaseIterable, Sendable {
  // Statements.
  case forLoop, whileLoop, breakLoop, continueLoop, returnNothing, returnVerb, returnValue, returnValues
  case importFile, function, expressionStatement, verbStatement
  // Assignments.
  case assignValue, assignVerb, assignImport, assignMany, assignManyVerb, compoundAssign
  case targetName, targetField, targetIndex, targetTuple
  case patternName, patternTuple
  // Layers.
  case layer, paramScalar, paramEmptyShape, paramShape, layerStatement
  // Verbs.
  case on, onEvery, sweep, sweepPattern, sweepOption, checkGrad, checkGradValue
  case trainNothing, trainCount, trainUnit, trainKeyword, verbPlain, verbArguments
  case argumentKeyword, argumentValue
  // Expressions.
  case then, lambdaExpression, bodyBlock, bodyExpression, parameterDefault, parameterComma
  case pipe, pipeLambda, or, and, not, comparison, closedRange, halfOpenRange
  case sum, product, negation, power, call, index, field, fieldDigits
  case argumentsComma, indexComma, sliceAll, sliceUpTo, sliceFrom, sliceValue
  case number, string, interpolation, format, escape, `true`, `false`, none, name
  case ifAlone, ifElse, ifElseIf, listEmpty, list, listComma, comprehension, comprehensionFilter
  case tupleEmpty, parentheses, tupleOne, tuple, record, recordComma
  // Lines.
  case semicolon, newline, comment, blankLine
}

namespace MiniDL.FSharp.Tests

open MiniDL
open Xunit

module DTypeTests =

    [<Fact>]
    let ``floats win over integers`` () =
        Assert.Equal(DType.Float32, DTypes.Promote(DType.Int64, DType.Float32))

# PowerShell completion for ftpkg. Load it with:
#   ftpkg completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ftpkg -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -le $cursorPosition } |
        ForEach-Object { $_.ToString() })
    if (-not $wordToComplete) { $words += ' ' } # an empty argument would be dropped
    $program, $arguments = $words
    & $program __complete @arguments 2>$null | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}

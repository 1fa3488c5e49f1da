# What a generated script looks like to the grammar.
#Requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param([string]$ApprovedDigest)
Set-StrictMode -Version 2.0
$pools = @(Get-CsPool -Identity 'a.b' | Where-Object { $_.Fqdn -eq "x$($ApprovedDigest)" })
if ($pools.Count -eq 0) { exit 2 }

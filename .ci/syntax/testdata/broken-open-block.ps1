if ($true) {
    Get-CsPool -Identity 'a.b'

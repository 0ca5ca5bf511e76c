@echo off
rem Keepsake's launcher for Windows: builds the program when it is missing or its sources changed, then runs it.
rem The work is in .\keepsake.ps1, which speaks on standard error only, because "keepsake mcp" may be the first call.
setlocal
set "KEEPSAKE_LAUNCHER=%~f0"
set "app="
for /f "usebackq delims=" %%p in (`powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0keepsake.ps1"`) do set "app=%%p"
if not defined app exit /b 1
"%app%" %*
exit /b %errorlevel%

import runpy, sys
sys.argv = ["x", "--port", sys.argv[1]]
runpy.run_path("/work/shared/tools/emulator/motoplus.py", run_name="__main__")

"""`python -m tests.bench`. Processes that a bench starts import this module too, so it holds nothing."""

if __name__ == "__main__":
    from tests.bench.figures import main

    main()

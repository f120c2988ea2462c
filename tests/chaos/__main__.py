"""`python -m tests.chaos`. The site's processes import this module too, so it holds nothing."""

import sys

if __name__ == "__main__":
    from tests.chaos.both_engines import main

    sys.exit(main())

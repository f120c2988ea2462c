"""`python -m tests.soak`. The site's processes import this module too, so it holds nothing."""

import sys

if __name__ == "__main__":
    from tests.soak.report import main

    sys.exit(main())

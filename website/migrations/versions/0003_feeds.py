"""Feeds: since when one is empty, and how often it wants to be read

Revision ID: 0003
Revises: 0002

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('calendar_account', sa.Column('emptied_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('calendar_account', sa.Column('refresh_minutes', sa.Integer(), nullable=True))


def downgrade():
    op.drop_column('calendar_account', 'refresh_minutes')
    op.drop_column('calendar_account', 'emptied_at')
